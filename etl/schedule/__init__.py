"""Load and export on cron expressions: what is due, run one at a time, made up for, tried again, told."""
