#!/bin/bash
# measure.sh [WORD...]: the runs that matter on a GPU machine that is yours for some minutes, in order of value, each
# within its seconds and the time left; one tar a run in $OUT. Run it in the project's root; README.md says more.
# DEADLINE_S: seconds in all (default 540). DEVICES=cpu: a trial without a GPU. SCALE=3: three times the seconds.
# MORE: options added to each run, e.g. MORE="--models mlp --blocks 1"; STEPS: of train, where not the recipe's own.
# ENV: a script to source first, where TensorFlow was put there by hand.
PY=${PY:-python3}; ENV=${ENV:-/tmp/kit/env.sh}; [ -e "$ENV" ] && { PROJECT=$PWD; . "$ENV"; }
D=${DEVICES:-cpu,gpu} G=${D##*,}; END=$((SECONDS + ${DEADLINE_S:-540})); W=${RUNS:-/tmp/runs}; mkdir -p "$W"; OUT=${OUT:-$W/out}; mkdir -p "$OUT"
[ -f bench/__main__.py ] || { echo "not the project's root: $PWD"; exit 2; }
step() { # step NAME SECONDS COMMAND...: run it if that many seconds, or at least a third of them, are left
  local name=$1 most=$(($2 * ${SCALE:-1})) left=$((END - SECONDS)) t=$SECONDS rc; shift 2
  [ $left -lt $((most / 3)) ] && { echo "## $name: SKIPPED, $left s left"; return; }
  [ $left -lt $most ] && most=$left
  echo "## $name (at most $most s): $*"
  timeout -s INT -k 45 "$most" "$@" > "$W/$name.log" 2>&1; rc=$?
  [ -d "$W/$name" ] && cp "$W/$name.log" "$W/$name/command.log" && tar -cJf "$OUT/$name.tar.xz" -C "$W" "$name" 2>/dev/null
  grep -v -E '^([IWE]0|WARNING: All|To enable)' "$W/$name.log" | tail -"${TAIL:-14}" | cut -c1-220
  echo "## $name: exit $rc, $((SECONDS - t)) s"; cat "$W"/*.log > "$OUT/logs.txt" 2>/dev/null
}
B="$PY -m bench"
run() { local name=$1 most=$2; shift 2; rm -rf "${W:?}/$name"; step "$name" "$most" $B run --data "${DATA:-synthetic}" --budget "$((most * ${SCALE:-1} * 7 / 10))s" --out "$W/$name" "$@" $MORE; }
[ $# = 0 ] && set -- facts quick standard sweep dtypes pipeline gpu-tests
for word in "$@"; do
  case $word in
    devices) TAIL=30 step devices 60 $B devices ;;
    facts) TAIL=50 step facts 120 $B devices --facts ;;
    quick) TAIL=25 run quick 120 --preset quick --devices "$D" --modes eager,graph,function,xla,keras_fit ;;
    standard) TAIL=25 run standard 240 --preset standard --devices "$G" --modes all ;;
    sweep) TAIL=25 run sweep 180 --preset quick --devices "$D" --batch-sizes 8,64,512 --modes eager,function,xla ;;
    dtypes|precision) TYPES=float32,mixed_bfloat16; [ "$G" = cpu ] || TYPES=$TYPES,tf32,mixed_float16
      run dtypes 120 --preset quick --devices "$G" --dtypes "$TYPES" --modes eager,function,xla ;;
    pipeline) run pipeline 120 --preset quick --devices "$G" --inputs resident,pipeline --modes eager,function,xla ;;
    gpu-tests) step gpu-tests 150 $PY -m pytest -q -m gpu tests/tf/modes/test_placement.py -p no:cacheprovider ;;
    train) rm -rf "${W:?}/train"; step train "${TRAIN_S:-200}" $B train --data "${DATA:-auto}" --mode xla --model resnet9 --recipe fast --steps "${STEPS:-0}" --display-step 100 --out "$W/train" ;;
    *) echo "no word '$word'; known: devices facts quick standard sweep dtypes pipeline gpu-tests train"; exit 2 ;;
  esac
done
ls -la "$OUT" | awk '{print $5, $9}'
