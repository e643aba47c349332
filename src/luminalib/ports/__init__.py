"""What the core asks of the outside world, as abstract classes. Adapters implement them; services depend on nothing else."""
