"""What all prompted models share: prompt files, budgets, map and reduce, parsing, accounting and resilience."""
