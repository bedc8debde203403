"""The names of files and folders in the folder of a lesson."""

LESSON, PAGE = "lesson.yaml", "index.html"
EXERCISE, ANSWERS = "exercise.md", "answers.md"
NUMBERS = "numbers.csv"
"""The numbers of questions and answers, each with the run or the command that it is from."""

LAB = "lab.html"
"""There where a question has a link to the lab."""

CONFIGS, RUNS, PICTURES = "configs", "runs", "pictures"
