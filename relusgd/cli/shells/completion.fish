# Completion of relusgd in fish.

function __relusgd_complete
    set -l typed (commandline --cut-at-cursor --current-process | string collect)
    set -l token (commandline --cut-at-cursor --current-token)
    set -l command (commandline --tokenize --current-process)[1]
    set -l offered (
        env COLUMNS=1000 _RELUSGD_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \
            _TYPER_COMPLETE_ARGS=$typed (string replace --regex '^~' $HOME $command) 2>/dev/null
    )
    if test -z "$offered"
        __fish_complete_path $token
        return
    end
    # --theme=dark: fish completes the whole word.
    set -l option (string match --regex '^--[^=]+=' -- $token; or echo)
    for line in $offered
        echo $option$line
    end
end

complete --command relusgd --no-files --arguments '(__relusgd_complete)'
