"""What people type: answers of buyers, neutral notes, junk, and the invented names in them.

Every text is a template filled from a vocabulary; nothing is taken from a real CRM and nobody in it exists. `pool`
expands a field's templates once; the records then join a first sentence with, often, a second one.
"""

from __future__ import annotations

import re
from functools import cache
from random import Random
from typing import Final

import polars as pl

POOL_SIZE: Final = 9_000
"""Distinct first sentences per field."""
REMARKS: Final = 4_000
"""Distinct second sentences, shared by all fields."""
HURRIED: Final = 0.12
CAREFUL: Final = 0.75
"""Up to which draw people type in lower case, and up to which they start with a capital."""

JUNK: Final = ("tbd", "n/a", "-", ".", "asdf", "x", "?")
BOILER_PLATE: Final = "Customer is looking for a modern, future-proof solution to work more efficiently."

BUYER: Final = (
    "Identified_Pain__c",
    "Success_Measure__c",
    "Decision_Process__c",
    "Decision_Criteria__c",
    "Economic_Buyer__c",
    "Champion__c",
)
NEUTRAL: Final = ("Product_Line__c", "Lead_Source_Detail__c", "Internal_Reference__c")
LONG_TEXT: Final = "Identified_Pain__c"
"""The one field that is a long text area: its history has no values."""
PICK_LIST: Final = "Product_Line__c"

PRODUCT_LINES: Final = ("Route Planner", "Dock Scheduler", "Fleet Insight", "Yard Control", "Platform")
LEAD_SOURCES: Final = ("Web", "Partner", "Trade Show", "Outbound", "Customer Referral", "Inbound Call")
NEXT_STEPS: Final = (
    "",
    "Send revised offer",
    "Demo with the planners on site",
    "Call back after the holidays",
    "Waiting for feedback",
    "Prepare reference visit",
    "Legal to check the frame contract",
    "Follow up on Thursday",
    "Security questionnaire",
    "Get the data sample",
    "Price for 3 years",
    "Angebot nachfassen",
)
LOSS_REASONS: Final = ("Lost to Competitor", "No Decision", "No Budget", "Price")
"""Of real losses; besides, deals are `Disqualified` or a `Duplicate`."""
COMPANY_FORMS: Final = ("GmbH", "AG", "Ltd", "BV", "SAS", "AB", "SL", "S.p.A.", "Oy", "GmbH & Co. KG", "plc", "A/S")
COMPANY_STEMS: Final = (
    "Aldermoor", "Bergquell", "Brightwater", "Castellan", "Corvane", "Dornfeld", "Eastmere", "Elmhöhe", "Fairholt",
    "Falkenried", "Gransee", "Halvard", "Harrowgate", "Ibersol", "Jutland", "Kestrel", "Klarbach", "Lindqvist",
    "Lumière", "Marlowe", "Montclair", "Nordwind", "Oakridge", "Ostermann", "Palmera", "Quarrystone", "Rheinfels",
    "Rosewell", "Sainte-Claire", "Seeblick", "Silverbirch", "Skagen", "Solvika", "Steinbrück", "Tannhof", "Thornbury",
    "Umbra", "Valdoro", "Västerhav", "Weidenau", "Westhaven", "Wolfram", "Ysel", "Zandvoort", "Zirbel", "Änglamark",
)  # fmt: skip
COMPANY_TRADES: Final = (
    "Bakeries", "Beverages", "Building Supplies", "Chemicals", "Cold Chain", "Distribution", "Food Service",
    "Forwarding", "Furniture", "Garden Centres", "Haulage", "Kühllogistik", "Laundry Services", "Logistik",
    "Medical Supply", "Metals", "Möbel", "Packaging", "Paper", "Parcel", "Pharma Handel", "Plastics", "Poultry",
    "Retail", "Spedition", "Steel", "Textiles", "Timber", "Transports", "Waste Services", "Wholesale",
    "Wines & Spirits",
)  # fmt: skip
INDUSTRIES: Final = ("Transportation", "Retail", "Food & Beverage", "Manufacturing", "Construction", "Healthcare")
CITIES: Final = (
    ("Hamburg", "Germany"), ("Köln", "Germany"), ("München", "Germany"), ("Wien", "Austria"),
    ("Zürich", "Switzerland"), ("Rotterdam", "Netherlands"), ("Antwerpen", "Belgium"), ("Malmö", "Sweden"),
    ("Århus", "Denmark"), ("Turku", "Finland"), ("Leeds", "United Kingdom"), ("Cork", "Ireland"), ("Lyon", "France"),
    ("Orléans", "France"), ("Bilbao", "Spain"), ("Málaga", "Spain"), ("Porto", "Portugal"), ("Bologna", "Italy"),
    ("Gdynia", "Poland"), ("Brno", "Czechia"),
)  # fmt: skip

FIRST_NAMES: Final = (
    "Aoife", "Adaeze", "Amira", "Anders", "Anneliese", "Arjun", "Beatriz", "Björn", "Bram", "Camille", "Carlos",
    "Chidi", "Chiara", "Daniel", "Divya", "Elif", "Emeka", "Esther", "Fatima", "Femke", "François", "Gareth", "Grace",
    "Hanna", "Hiroshi", "Ingrid", "Inês", "Ivana", "Jamal", "Jelena", "Joana", "Jürgen", "Kaito", "Katarzyna",
    "Kwame", "Lars", "Leila", "Lucía", "Magnus", "Mairéad", "Malik", "Mei", "Mireille", "Nadia", "Naledi", "Niamh",
    "Noah", "Olga", "Omar", "Paweł", "Pilar", "Priya", "Raúl", "Renée", "Rosa", "Samir", "Sanne", "Siobhán", "Søren",
    "Tariq", "Thandiwe", "Tomáš", "Ulrike", "Viktor", "Wanjiru", "Wei", "Yara", "Yusuf", "Zoë", "Zsófia",
)  # fmt: skip
LAST_NAMES: Final = (
    "Abdi", "Adeyemi", "Almeida", "Andersson", "Bakker", "Banerjee", "Bauer", "Bianchi", "Boateng", "Brennan",
    "Castellanos", "Chaudhary", "Chen", "Costa", "Dąbrowski", "de Wit", "Demir", "Diallo", "Dubois", "Eriksen",
    "Fernandes", "Fischer", "Gallagher", "García", "Gröning", "Haddad", "Hakimi", "Hofstätter", "Horváth", "Ito",
    "Iversen", "Jansen", "Kamau", "Kaya", "Keller", "Kowalczyk", "Krüger", "Lindgren", "Lopes", "Mahlangu",
    "Marchetti", "Dlamini", "McAllister", "Mehta", "Moreau", "Müßig", "Nakamura", "Ndiaye", "Novák", "Nowak", "Núñez",
    "O'Rourke", "Okafor", "Öztürk", "Papadakis", "Pereira", "Petit", "Rahman", "Reyes", "Rossi", "Sandoval",
    "Schäfer", "Sjöberg", "Sørensen", "Tanaka", "Thompson", "van Dijk", "Vasquez", "Virtanen", "Walsh", "Weiß",
    "Yılmaz", "Zhang", "Zimmermann",
)  # fmt: skip

VOCABULARY: Final[dict[str, tuple[str, ...]]] = {
    "n": tuple(str(number) for number in range(2, 60)),
    "pct": tuple(str(number) for number in (*range(3, 40), 45, 50, 60, 70, 80)),
    "hours": tuple(str(number) for number in range(3, 46)),
    "cost": tuple(f"{number},000" for number in (*range(8, 100, 3), *range(100, 900, 25))),
    "k": tuple(f"{number}k" for number in (*range(10, 100, 5), *range(100, 600, 20))),
    "day": tuple(str(number) for number in range(1, 29)),
    "month": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "m": tuple(str(number) for number in range(4, 31)),
    "person": tuple(f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES),
    "first": FIRST_NAMES,
    "role": (
        "COO", "CFO", "head of logistics", "head of operations", "plant manager", "IT lead", "supply chain director",
        "managing director", "transport manager", "warehouse lead", "purchasing", "controller", "Werksleiterin",
        "Geschäftsführer", "head of customer service", "fleet manager",
    ),
    "boss": (
        "CFO", "CEO", "managing director", "owner", "COO", "Geschäftsführerin", "VP operations", "board member",
        "division head", "Kaufm. Leiter", "commercial director",
    ),
    "team": (
        "dispatch", "the planners", "customer service", "the night shift", "the warehouse team", "finance",
        "the depot in Lyon", "the drivers", "the back office", "the yard crew", "planning", "the Malmö site",
    ),
    "process": (
        "route planning", "dock booking", "shift planning", "returns", "carrier invoices", "yard moves",
        "order intake", "claims handling", "driver hand-over", "month-end reporting", "delivery notes",
        "fuel reporting", "slot allocation", "temperature logs", "pallet accounts", "freight audit",
    ),
    "system": (
        "spreadsheets", "an old ERP module", "e-mail and phone", "three separate tools", "a whiteboard",
        "paper forms", "a home-grown database", "shared folders", "the carrier's portal", "chat groups",
    ),
    "cause": (
        "nobody trusts the numbers", "data is typed in twice", "the tool breaks at every update",
        "drivers call in all day", "orders change after cut-off", "the two sites work differently",
        "there is no owner for it", "the vendor ended support", "half the team is new",
        "volumes doubled since the merger", "customers ask for hourly slots now", "the one who knew it has left",
        "every exception goes through one person", "penalties went up", "the rules differ by country",
        "scans arrive a day late",
    ),
    "things": (
        "late deliveries", "empty runs", "missed slots", "wrong invoices", "failed first attempts", "overtime hours",
        "claims", "credit notes", "waiting trucks", "manual corrections", "calls per day", "lost pallets",
    ),
    "event": (
        "the Christmas peak", "the new depot opens", "the audit in {month}", "the lease ends", "the budget round",
        "the ERP switch", "the works council meeting", "the season starts", "the tender in {month}", "year end",
    ),
    "step": (
        "pilot in one depot", "reference call", "security review", "works council", "legal check", "site visit",
        "steering committee", "IT assessment", "proof of concept with own data", "commercial negotiation",
        "board sign-off", "purchasing compares three offers", "data protection check", "workshop with key users",
    ),
    "criterion": (
        "live tracking", "interface to their ERP", "offline app for drivers", "go-live before {month}",
        "data stays in the EU", "price per vehicle", "references in their trade", "support in German",
        "no extra hardware", "single sign-on", "fixed price roll-out", "works with subcontractors", "simple screens",
        "short notice period", "audit trail", "reporting by customer",
    ),
    "rival": (
        "the incumbent", "doing nothing", "an in-house build", "a local vendor", "their ERP's own module",
        "a cheaper tool",
    ),
    "reason": (
        "burnt by the last project", "was with a customer of ours before", "has to deliver the savings",
        "asked for the pilot", "runs the project", "signed the last contract in {n} days",
        "wants to show it at the group meeting", "has the budget line", "loses {n} hours a week to it",
        "came to us first",
    ),
    "prozess": (
        "Tourenplanung", "Rampensteuerung", "Leergutverwaltung", "Rechnungsprüfung", "Schichtübergabe", "Disposition",
    ),
    "ursache": (
        "weil jede Änderung per Telefon läuft", "da keiner die Zahlen pflegt",
        "weil drei Systeme nicht zusammenpassen", "seit der Zusammenlegung der Läger",
        "weil Überstunden nicht mehr genehmigt werden", "wegen fehlender Rückmeldungen der Fahrer",
    ),
    "leitung": ("die Geschäftsführerin", "den kaufm. Leiter", "die Werksleitung", "den Inhaber", "den Beirat"),
    "schritt": (
        "Pilot in einem Lager", "Datenschutzprüfung", "Anhörung des Betriebsrats", "Besuch bei einer Referenz",
        "Lenkungskreis",
    ),
    "monat": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "September", "Oktober", "November"),
    "wunsch": (
        "Übersicht in Echtzeit", "Anbindung an ihr ERP", "Bedienung ohne Schulung", "Betrieb in der EU",
        "fester Preis je Fahrzeug",
    ),
    "processus": (
        "planification des tournées", "gestion des quais", "contrôle des factures", "suivi des palettes",
        "prise de commandes",
    ),
    "choses": ("livraisons en retard", "trajets à vide", "avoirs", "réclamations", "heures supplémentaires"),
    "patron": ("la directrice financière", "le gérant", "la direction générale", "le directeur des opérations"),
    "etape": (
        "visite du site", "revue de sécurité", "validation juridique", "avis du comité d'entreprise",
        "essai sur un dépôt",
    ),
    "mois": ("janvier", "février", "mars", "avril", "juin", "septembre", "octobre", "décembre"),
}  # fmt: skip

TEMPLATES: Final[dict[str, tuple[str, ...]]] = {
    "Identified_Pain__c": (
        "{process} takes {team} about {hours} hours a week because {cause}.",
        "{process} still runs on {system}; {cause}.",
        "They count {n} {things} a week, {cause}. Costs roughly {cost} EUR a year.",
        '{person} ({role}): "we cannot get through {month} like this" - {cause}',
        "Volume up {pct}% but {process} does not scale, {team} would need {n} more people",
        "{things} up {pct}% since {month}; {cause}",
        "Finding of the auditors: {process} not traceable. Must be closed before {event}.",
        "Pain:\n- {cause}\n- {process}: {hours} h per week\n- {n} {things} in {month}",
        "{prozess} kostet {hours} Stunden pro Woche, {ursache}.",
        "Zu viele Rückfragen bei {prozess}, {ursache}. Schaden ca. {cost} EUR im Jahr",
        "Lost a customer worth {cost} EUR in {month}, reason given: {things}.",
        "Work-around with {system} for {process}. {first} says it costs them {hours} hours every week",
        "{person} wants {process} under control before {event}, {cause}",
        "Penalties of {cost} EUR in {month} for {things}; {cause}",
        "Since {event} two teams do {process} twice.\n{first} ({role}) showed us the list: {n} cases in {month}.",
        "problème principal: {processus}, {hours} h par semaine et {n} {choses} en {mois}",
    ),
    "Success_Measure__c": (
        "{things} down by {pct}% within {m} months",
        "{process} from {hours} hours a week to under {n}",
        "Fewer than {n} {things} per week by {month}, today it's {hours}",
        "Payback under {m} months, {boss} checks it in person",
        "save {cost} EUR a year in {process}, baseline agreed with {person}",
        "On-time rate +{pct} points before {event}",
        "{person} ({role}) measures {things} per depot, target minus {pct}%",
        "Weniger Nacharbeit: {prozess} in {n} Minuten statt {hours}",
        "No new hires in {team} despite {pct}% growth",
        "{process} finished by day {day} of the month",
        'Target: "{things} under {n} a week", reported monthly to the {boss}',
        "overtime of {team} down {pct}%, was {cost} EUR last year",
        "{pct}% of {process} without touching it",
        "réduire les {choses} de {pct}% avant {mois}",
    ),
    "Decision_Process__c": (
        "{step}, then {step}; {boss} signs in {month}",
        "{person} recommends, {boss} decides, purchasing only checks the terms",
        "Three steps: {step}, {step}, {step}. Wants to be done before {event}.",
        "Board meets on day {day} of each month, papers {n} days ahead",
        "over {k} it goes to the group, below that {person} ({role}) can sign",
        "1) {step}\n2) {step}\n3) {step}",
        "They need {step} first, {first} plans it for {month}",
        "Entscheidung durch {leitung} nach {schritt}, Termin im {monat}",
        "committee of {n}: {role}, {role} and IT; vote after {step}",
        "Shortlist of {n} by {month}, {step} with the last two",
        "{first} walked us through it: {step} -> {step} -> contract, {n} weeks in all",
        "purchase order needs two signatures ({role}, {boss}); takes {n} days",
        "works council has to agree before {step}, next sitting {month}",
        "décision prise par {patron} après {etape}, sans doute en {mois}",
    ),
    "Decision_Criteria__c": (
        "{criterion}, {criterion} and {criterion}",
        "Must have: {criterion}. Nice to have: {criterion}.",
        "{criterion} first, price second; compare us with {rival}",
        "{criterion} ({pct}%), {criterion} ({n}%), price the rest",
        "{person} sent the matrix, {n} points, heaviest is {criterion}",
        "Knock-out: {criterion}",
        "No-go if {criterion} is missing. Otherwise total cost over {m} months",
        "against {rival}: what counts is {criterion}",
        "{role} cares for {criterion}, {boss} for {criterion}",
        "Kriterien laut {first}: {wunsch}, {wunsch}, Einführung in {n} Wochen",
        '"{criterion} or we stay with {rival}"',
        "{criterion}; max. {k} in year one",
        "security questionnaire passed = in. after that {criterion}",
        "critères: essai sur un dépôt, délai de {n} semaines, références, moins de {pct}% de {choses}",
    ),
    "Economic_Buyer__c": (
        "{person}, {boss}",
        "{person} ({boss}), signs up to {k}",
        "{boss} {person} - met on {weekday} with {role}",
        "{person}; budget sits with the {boss}, {k} released",
        "{person} decides alone below {k}",
        "Frau {person}, Freigabe bis {k}, Unterschrift durch {leitung} ab {cost} EUR",
        "{boss} is {person}, not met yet, {first} arranges a call in {month}",
        "{person} (group {boss}), wants payback under {m} months",
        "{person}, avec {patron}, a validé {k} en {mois}",
        "{person}, {boss}; second signature {person}",
        "it is {person}, not the {role} as we thought",
        "{person} holds the budget for {process} ({k})",
    ),
    "Champion__c": (
        "{person}, {role}, {reason}",
        "{person} ({role}) - {reason}",
        "{person}: {reason}",
        "{first} from {team}, {reason}, talks to the {boss} weekly",
        "{role} {person}, shared the {boss}'s concerns with us; {reason}",
        "{person} sells it inside, sent us the org chart in {month}",
        "{person} (project lead). {reason}",
        "Herr {person} steht hinter dem Projekt, spricht im {monat} mit {first} über {prozess}",
        "{person} und {person}, beide überzeugt seit dem Besuch im {monat}",
        "{person}, {role}; tested it with {n} drivers",
        "{person} - gave us the numbers for {process} and {reason}",
        "{person} nous soutient, prépare une {etape} pour {mois}",
    ),
    "Lead_Source_Detail__c": (
        "Webinar {month}, {process}, {n} others signed up",
        "Call list {month}, no. {n}-{hours}, {role}",
        "Trade fair, hall {n}, talked to {first}",
        "Referral by {person}",
        "Download of the {process} guide",
        "Cold call to {role}",
        "Partner event {month}",
        "newsletter {month}",
        "Empfehlung von {person}",
        "Contact form, topic {process}",
        "Message to {role} in {month}",
    ),
    "remark": (
        "Confirmed by {person} on {weekday}.",
        "{first} sends the figures by day {day}.",
        "Needs to be settled before {event}.",
        "{role} agrees, {boss} not asked yet.",
        "Discussed on site in {month}.",
        "Per {first}'s mail of day {day} {month}.",
        "Same view from {team}.",
        "Check again after {event}.",
        "({person}, {role})",
        "Abgestimmt mit {person}.",
        "They compare it with {rival}.",
        "{first} repeated it in the {weekday} call.",
        "Numbers: {n} sites, {hours} users.",
        "Written down together with {person}.",
        "Budget about {k}.",
    ),
}


def _fill(template: str, rng: Random) -> str:
    """Return the template with every slot filled from the vocabulary, nested slots included."""
    while "{" in template:
        template = re.sub(r"\{(\w+)\}", lambda slot: rng.choice(VOCABULARY[slot[1]]), template)
    return template


def _as_typed(text: str, rng: Random) -> str:
    """Return the text as a hurried or careful person types it."""
    habit = rng.random()
    if habit < HURRIED:
        return text.rstrip(".").lower()
    return text[0].upper() + text[1:] if habit < CAREFUL else text


@cache
def pool(name: str) -> pl.Series:
    """Return distinct sentences for a field, or the second sentences for the name `remark`."""
    rng, wanted, found = Random(name), REMARKS if name == "remark" else POOL_SIZE, dict[str, None]()  # noqa: S311
    while len(found) < wanted:
        found[_as_typed(_fill(rng.choice(TEMPLATES[name]), rng), rng)] = None
    return pl.Series(name, list(found), dtype=pl.String)
