"""What is true in a library, whoever asks and wherever it is stored. Standard library only."""
