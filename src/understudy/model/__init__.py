"""What a contract means: compiled to data once, printed, corrected and run."""
