from relusgd.cli import main

main()
