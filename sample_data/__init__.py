"""Sample data: an invented sales team, written as its CRM would export it."""
