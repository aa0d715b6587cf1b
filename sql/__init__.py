"""Same Side in SQL: a folder is a schema, a file a relation or a macro. The build reads them, nothing imports them."""
