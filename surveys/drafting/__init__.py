"""What can be said of a draft without a database: advice on its words, its length, what changed, what may be pooled."""
