"""Same Side in the browser: pages over the questions that `etl.queries` answers."""
