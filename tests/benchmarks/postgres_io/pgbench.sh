#!/bin/bash
# Measure the misses of pgbench (scale 12) through three sizes of shared_buffers on a server of its own, on loopback.
# Usage, as a user that may run PostgreSQL: tests/benchmarks/postgres_io/pgbench.sh > small_pgbench.csv
set -e
bin=/usr/lib/postgresql/15/bin
folder=$(mktemp -d)
port=$(python3 -c "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])")
settings="-c listen_addresses=127.0.0.1 -c fsync=off -c autovacuum=off -c max_wal_size=4GB -c checkpoint_timeout=1h"
bench="pgbench -h 127.0.0.1 -p $port -U postgres -n -c 4 -j 1"
counters="select d.blks_read, d.blks_hit, d.xact_commit, heap_blks_read, heap_blks_hit, idx_blks_read, idx_blks_hit
  from pg_statio_user_tables t, pg_stat_database d where t.relname = 'pgbench_accounts' and d.datname = 'b'"

start() {
    $bin/postgres -D "$folder/data" -p "$port" -k "$folder" -c shared_buffers="$1" $settings > "$folder/log" 2>&1 &
    server=$!
    until $bin/pg_isready -q -h 127.0.0.1 -p "$port"; do sleep 0.1; done
}
stop() { kill -INT $server; wait $server || true; }
count() { sleep 1; psql -h 127.0.0.1 -p "$port" -U postgres -At -F ' ' b -c "$counters"; }
measure() {
    before=$(count)
    $bench "${@:3}" b > /dev/null 2>&1
    echo "$before $(count)" | awk -v name="$1,$2" '{ printf name; for (i = 1; i <= 7; i++) printf ",%d", $(i + 7) - $i; print "" }'
}

$bin/initdb -D "$folder/data" -U postgres -A trust -N --locale=C > /dev/null
start 256MB
psql -h 127.0.0.1 -p "$port" -U postgres -c "create database b" > /dev/null
pgbench -h 127.0.0.1 -p "$port" -U postgres -i -q -s 12 b 2> /dev/null
stop
printf '%s\n' '\set a random_zipfian(1, 1200000, 1.05)' 'select abalance from pgbench_accounts where aid = :a;' > "$folder/zipf.sql"
echo "load,cache_mib,blocks_read,blocks_hit,transactions,heap_misses,heap_hits,index_misses,index_hits"
for size in 8 32 128; do
    start ${size}MB
    $bench -S -M prepared -T 7 b > /dev/null 2>&1
    measure uni $size -S -M prepared -T 5
    measure tpcb $size -R 300 -T 10
    $bench -f "$folder/zipf.sql" -M prepared -T 9 b > /dev/null 2>&1
    measure zipf $size -f "$folder/zipf.sql" -M prepared -T 5
    stop
done
rm -r "$folder"
