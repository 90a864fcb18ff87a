//! What a task is and what a right answer is.
