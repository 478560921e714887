# SPDX-License-Identifier: GPL-2.0
# The share of hits among the last 200 requests, each round a line: hits.csv of t_lard.sh to an SVG.
#   gnuplot -e "hits='…'" -e "out='…'" bench-lard.gnuplot
set terminal svg size 800,420 font 'sans-serif,13' background rgb 'white'
set output out
set title 'Cache hits with twice one cache asked for, everything equally often'
set xlabel 'requests'
set ylabel 'hits among the last 200, %'
set yrange [0:105]
set key bottom right
set grid ytics
rounds(policy) = system(sprintf("grep -o '^%s,[0-9]*' %s | sort -u | wc -l", policy, hits)) + 0
of(policy, i) = sprintf("< awk -F, '$1 == \"%s\" && $2 == %d { n++; sum += $4 - last[n %% 200]; last[n %% 200] = $4; if (n >= 200 && n %% 20 == 0) print n, sum / 2 }' %s", policy, i, hits)
plot for [i = 1:rounds('lard')] of('lard', i) with lines lw 1.5 lc rgb '#1b7837' title i == 1 ? 'LARD' : '', \
	for [i = 1:rounds('wrr')] of('wrr', i) with lines lw 1.5 lc rgb '#b2182b' title i == 1 ? 'round robin' : ''
