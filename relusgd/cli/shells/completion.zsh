#compdef relusgd
# Completion of relusgd in zsh.

_relusgd() {
  local -a lines whole begun
  local line value entry
  lines=("${(@f)$(
    env COLUMNS=1000 _RELUSGD_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \
      _TYPER_COMPLETE_ARGS="${(j: :)words[1,CURRENT-1]} $PREFIX" ${~${(Q)words[1]}} 2>/dev/null
  )}")
  # --theme=dark: the part before the sign is no part of the value.
  [[ $PREFIX == --*=* ]] && compset -P 1 '*='

  for line in $lines; do
    value=${line%%$'\t'*}
    entry=${value//:/\\:}
    [[ $line == *$'\t'* ]] && entry+=":${line#*$'\t'}"
    if [[ $value == *[=/] ]]; then
      begun+=("$entry")  # the word goes on, so no blank follows it
    else
      whole+=("$entry")
    fi
  done

  (( ${#whole} + ${#begun} )) || { _files; return }
  (( ${#whole} )) && _describe relusgd whole
  (( ${#begun} )) && _describe relusgd begun -S ''
}

if [[ $funcstack[1] == _relusgd ]]; then
  _relusgd "$@"
else
  compdef _relusgd relusgd
fi
