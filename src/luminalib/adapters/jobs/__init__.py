"""Those who work off the job ledger."""
