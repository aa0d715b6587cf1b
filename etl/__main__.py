"""`python -m etl` is `sameside`."""

from etl.cli import main

main()
