"""The pages, one short script each: guard, fetch, headline, chart, table. They compute nothing."""
