"""Headers in the languages that exports come in: the CRM is told, and every column finds its own header and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.mapping import packaged_mappings
from etl.read import Export, examine
from etl.recognise import choose_mapping, match

COLUMNS = {
    "generic": "deal_id deal_name account_name owner_name team segment deal_type lead_source pipeline stage status loss_reason amount currency created_at close_date modified_at",
    "hubspot": "deal_id deal_name stage pipeline owner_name amount close_date created_at deal_type",
    "salesforce": "deal_id deal_name account_name owner_name stage amount close_date created_at deal_type lead_source",
    "dynamics": "deal_id deal_name account_name close_date amount status loss_reason created_at modified_at owner_name",
}
"""The columns that the headers below feed, in their order; a sheet of one's own is `generic`."""

HEADERS = {
    (
        "generic",
        "en",
    ): "Deal ID;Deal Name;Account;Owner;Team;Segment;Type;Source;Pipeline;Stage;Status;Loss Reason;Amount;Currency;Created;Close Date;Last Modified",
    (
        "generic",
        "de",
    ): "Vorgangsnummer;Bezeichnung;Kunde;Verkäufer;Vertriebsteam;Branche;Art;Herkunft;Pipeline;Phase;Status;Verlustgrund;Auftragswert;Währung;Angelegt am;Abschlussdatum;Letzte Änderung",
    (
        "generic",
        "fr",
    ): "Identifiant;Affaire;Client;Commercial;Équipe;Secteur;Type;Origine;Pipeline;Étape;Statut;Motif de perte;Montant;Devise;Date de création;Date de clôture;Dernière modification",
    (
        "generic",
        "es",
    ): "Identificador;Oportunidad;Cliente;Vendedor;Equipo;Sector;Tipo;Origen;Embudo;Etapa;Estado;Motivo de pérdida;Importe;Moneda;Fecha de creación;Fecha de cierre;Última modificación",
    (
        "generic",
        "pt",
    ): "ID do negócio;Negócio;Cliente;Vendedor;Equipe;Setor;Tipo;Origem;Funil;Etapa;Status;Motivo da perda;Valor;Moeda;Data de criação;Data de fechamento;Última modificação",
    (
        "generic",
        "nl",
    ): "Kans-ID;Verkoopkans;Klant;Verkoper;Team;Branche;Type;Bron;Pijplijn;Fase;Status;Verliesreden;Bedrag;Valuta;Aangemaakt op;Sluitingsdatum;Gewijzigd op",
    (
        "generic",
        "it",
    ): "ID trattativa;Trattativa;Cliente;Venditore;Squadra;Settore;Tipo;Origine;Pipeline;Fase;Stato;Motivo perdita;Importo;Valuta;Data di creazione;Data di chiusura;Ultima modifica",
    ("hubspot", "en"): "Record ID;Deal Name;Deal Stage;Pipeline;Deal owner;Amount;Close Date;Create Date;Deal Type",
    ("hubspot", "de"): "Datensatz-ID;Deal-Name;Deal-Phase;Pipeline;Zuständiger Mitarbeiter;Betrag;Abschlussdatum;Erstellungsdatum;Deal-Typ",
    (
        "hubspot",
        "fr",
    ): "ID de fiche d'informations;Nom de la transaction;Phase de la transaction;Pipeline;Propriétaire de la transaction;Montant;Date de fermeture;Date de création;Type de transaction",
    (
        "hubspot",
        "es",
    ): "ID de registro;Nombre del negocio;Etapa del negocio;Pipeline;Propietario del negocio;Cantidad;Fecha de cierre;Fecha de creación;Tipo de negocio",
    (
        "hubspot",
        "pt",
    ): "ID do registro;Nome do negócio;Etapa do negócio;Pipeline;Proprietário do negócio;Valor;Data de fechamento;Data de criação;Tipo de negócio",
    ("hubspot", "nl"): "Record-ID;Dealnaam;Dealfase;Pijplijn;Eigenaar van deal;Bedrag;Sluitingsdatum;Aanmaakdatum;Dealtype",
    (
        "hubspot",
        "it",
    ): "ID record;Nome trattativa;Fase trattativa;Pipeline;Proprietario trattativa;Importo;Data di chiusura;Data di creazione;Tipo di trattativa",
    (
        "salesforce",
        "en",
    ): "Opportunity ID;Opportunity Name;Account Name;Opportunity Owner;Stage;Amount;Close Date;Created Date;Type;Lead Source",
    (
        "salesforce",
        "de",
    ): "Opportunity-ID;Opportunity-Name;Accountname;Opportunity-Inhaber;Phase;Betrag;Schlusstermin;Erstelldatum;Typ;Lead-Quelle",
    (
        "salesforce",
        "fr",
    ): "ID de l'opportunité;Nom de l'opportunité;Nom du compte;Propriétaire de l'opportunité;Étape;Montant;Date de clôture;Date de création;Type;Origine de la piste",
    (
        "salesforce",
        "es",
    ): "ID de la oportunidad;Nombre de la oportunidad;Nombre de la cuenta;Propietario de la oportunidad;Etapa;Importe;Fecha de cierre;Fecha de creación;Tipo;Origen del candidato",
    (
        "salesforce",
        "pt",
    ): "ID da oportunidade;Nome da oportunidade;Nome da conta;Proprietário da oportunidade;Fase;Valor;Data de fechamento;Data de criação;Tipo;Origem do lead",
    (
        "salesforce",
        "nl",
    ): "Opportunity-ID;Opportunitynaam;Accountnaam;Eigenaar van opportunity;Fase;Bedrag;Sluitingsdatum;Gemaakt op;Type;Leadbron",
    (
        "salesforce",
        "it",
    ): "ID opportunità;Nome opportunità;Nome account;Titolare opportunità;Fase;Importo;Data di chiusura;Data di creazione;Tipo;Fonte lead",
    (
        "dynamics",
        "en",
    ): "(Do Not Modify) Opportunity;Topic;Potential Customer;Est. close date;Est. revenue;Status;Status Reason;Created On;Modified On;Owner",
    (
        "dynamics",
        "de",
    ): "(Nicht ändern) Verkaufschance;Thema;Potenzieller Kunde;Geschätztes Abschlussdatum;Geschätzter Umsatz;Status;Statusgrund;Erstellt am;Geändert am;Besitzer",
    (
        "dynamics",
        "fr",
    ): "(Ne pas modifier) Opportunité;Sujet;Client potentiel;Date de fermeture estimée;Revenu estimé;Statut;Raison du statut;Créé le;Modifié le;Propriétaire",
    (
        "dynamics",
        "es",
    ): "(No modificar) Oportunidad;Tema;Cliente potencial;Fecha de cierre estimada;Ingresos estimados;Estado;Razón para el estado;Fecha de creación;Fecha de modificación;Propietario",
    (
        "dynamics",
        "pt",
    ): "(Não Modificar) Oportunidade;Tópico;Cliente potencial;Data de fechamento estimada;Receita estimada;Status;Razão do Status;Criado em;Modificado em;Proprietário",
    (
        "dynamics",
        "nl",
    ): "(Niet wijzigen) Verkoopkans;Onderwerp;Potentiële klant;Geschatte sluitingsdatum;Geschatte omzet;Status;Reden van status;Gemaakt op;Gewijzigd op;Eigenaar",
    (
        "dynamics",
        "it",
    ): "(Non modificare) Opportunità;Argomento;Potenziale cliente;Data chiusura prevista;Ricavi stimati;Stato;Motivo stato;Creato il;Modificato il;Proprietario",
}


@pytest.mark.parametrize(("crm", "language"), list(HEADERS))
def test_each_column_finds_its_header(crm: str, language: str, tmp_path: Path) -> None:
    """A file of a name that says nothing, with the usual headers of a language, is recognised by them alone."""
    headers = HEADERS[crm, language].split(";")
    path = tmp_path / "export.csv"
    path.write_text(";".join(headers) + "\n" + ";".join("x" for _ in headers) + "\n", encoding="utf-8")
    table = examine(Export(path.name, path), tmp_path / "work")
    mapping = choose_mapping([table], packaged_mappings())
    assert mapping.name == crm
    [matched], _ = match(mapping, [table], {})
    assert {name: table.headers[place] for name, place in matched.positions.items()} == dict(
        zip(COLUMNS[crm].split(), headers, strict=True)
    )


def test_headers_that_nobody_asks_for_are_claimed_by_no_column(tmp_path: Path) -> None:
    """Columns that only resemble a standard one stay free for questions of one's own."""
    headers = (
        "Deal ID;Deal Name;Stage;Created;Stage of company;Amount of seats;Type of pain;Closed by;Owner of the pain;Created by;Account plan"
    )
    path = tmp_path / "export.csv"
    path.write_text(headers + "\n" + ";".join("x" for _ in headers.split(";")) + "\n", encoding="utf-8")
    table = examine(Export(path.name, path), tmp_path / "work")
    [matched], _ = match(choose_mapping([table], packaged_mappings()), [table], {})
    assert matched.positions == {"deal_id": 0, "deal_name": 1, "stage": 2, "created_at": 3}
