/// Style and script of the page: a column of text that prints, reads in the dark, and on a phone.
#include "analysis/report_parts.hpp"

namespace lamina::analysis {

std::string report_style() {
    return R"css(:root{--paper:#fff;--ink:#1c1e21;--muted:#5d646d;--rule:#dfe2e7;--tint:#f5f6f8;
--link:#0b5394;--good:#00684e;--warn:#a03c00}
@media screen and (prefers-color-scheme:dark){:root{--paper:#15171b;--ink:#e9eaec;--muted:#a3a8ae;
--rule:#333841;--tint:#1e2127;--link:#8cc0ff;--good:#5fd0ab;--warn:#ffa666}}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:16px/1.55 'Helvetica Neue',Helvetica,Arial,
'Liberation Sans',sans-serif;-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:52rem;padding:2.2rem 1.2rem 4rem}
h1{font-size:1.9rem;line-height:1.2;margin:.1rem 0 .6rem;letter-spacing:-.01em}
h2{font-size:1.3rem;margin:3.2rem 0 1rem;padding-top:.7rem;border-top:2px solid var(--ink)}
h3{font-size:1.02rem;margin:1.8rem 0 .5rem}
p{margin:.6rem 0}
a{color:var(--link)}
.kicker{color:var(--muted);font-size:.9rem;margin:0}
.question{font-size:1.12rem;color:var(--muted);max-width:44rem;margin:.2rem 0 1.2rem}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.4rem .8rem;border:2px solid}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;padding:0;margin:0;
font-size:.9rem}
figure{margin:1.6rem 0 2.4rem;break-inside:avoid}
.plot{overflow-x:auto}
.plot svg{display:block;max-width:100%;height:auto}
@media (max-width:46rem){.plot svg{width:100%}
body{padding:1.2rem .9rem 3rem}h1{font-size:1.5rem}}
figcaption,.note{font-size:.9rem;color:var(--muted);max-width:46rem;margin-top:.5rem}
figcaption strong{color:var(--ink)}
.links a{margin-left:.35rem;font-size:.82rem}
.scroll{overflow-x:auto;margin:.9rem 0}
table{border-collapse:collapse;font-size:.86rem;font-variant-numeric:tabular-nums}
caption{text-align:left;white-space:normal;color:var(--muted);padding:.2rem 0 .4rem;max-width:46rem}
th,td{text-align:left;padding:.28rem .8rem .28rem 0;vertical-align:top;white-space:nowrap;
border-bottom:1px solid var(--rule)}
td:first-child,td:last-child,th,.words td{white-space:normal}
thead th{vertical-align:bottom}
th{font-weight:600;border-bottom:1.5px solid var(--ink)}
tbody th{font-weight:400;border-bottom:1px solid var(--rule)}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(11.5rem,1fr));gap:.7rem;
margin:1.1rem 0}
.tile{background:var(--tint);border-radius:6px;padding:.7rem .85rem}
.tile b{display:block;font-size:1.25rem;line-height:1.3;font-variant-numeric:tabular-nums}
.tile span{display:block;font-size:.82rem;color:var(--muted)}
.card p{max-width:46rem}
.pass{color:var(--good);font-weight:600}
.surprise,.warning{color:var(--warn);font-weight:600}
.prediction{border-left:3px solid var(--rule);padding:.1rem 0 .1rem 1rem;margin:1.4rem 0;
break-inside:avoid}
.prediction h3{margin:0 0 .4rem}
dl{display:grid;grid-template-columns:minmax(7.5rem,auto) 1fr;gap:.2rem 1rem;margin:.4rem 0;
font-size:.9rem}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
pre{background:var(--tint);padding:.8rem 1rem;overflow-x:auto;font-size:.8rem;line-height:1.45;
border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere}
code{font-family:'SF Mono',Menlo,Consolas,'Liberation Mono',monospace;font-size:.86em;
overflow-wrap:anywhere}
.eq{font-family:'STIX Two Text','Times New Roman','Liberation Serif',serif;font-size:1.02em}
details summary{cursor:pointer;color:var(--link)}
footer{margin-top:3rem;border-top:1px solid var(--rule);font-size:.82rem;color:var(--muted)}
.trace{background:var(--tint);border-radius:6px;padding:1rem}
.trace canvas{display:block;width:100%;image-rendering:pixelated;border:1px solid var(--rule)}
.trace .strips{display:grid;grid-template-columns:9.5rem 1fr;gap:.35rem .8rem;align-items:center;
font-size:.85rem}
.trace .strips small{color:var(--muted);display:block}
.trace .matrices{display:grid;grid-template-columns:repeat(3,minmax(0,13rem));gap:1rem;
margin-top:1rem;
font-size:.85rem}
.trace .control{display:flex;flex-wrap:wrap;gap:.6rem;align-items:center;margin:.2rem 0 1rem}
.trace input[type=range]{flex:1 1 14rem;accent-color:var(--link);min-width:9rem}
.trace output{font-variant-numeric:tabular-nums;min-width:13rem}
button,select{font:inherit;font-size:.9rem;padding:.2rem .7rem}
@media (max-width:40rem){.trace .strips{grid-template-columns:5.2rem 1fr}
.trace .matrices{grid-template-columns:1fr}.trace .strips small{display:none}}
@media print{@page{margin:16mm}html{font-size:10.5pt}body{max-width:none;padding:0}
nav,.skip,.trace .control,.links{display:none}h2{break-after:avoid;margin-top:1.6rem}
.plot svg{max-width:100%;width:auto}a{color:inherit;text-decoration:none}
details>pre{display:none}}
)css";
}

std::string report_script() {
    return R"js((function () {
  'use strict';
  var box = document.getElementById('trace');
  var data = JSON.parse(document.getElementById('trace-data').textContent);
  box.hidden = false;
  function bytes(text) {
    var raw = atob(text), out = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
    return out;
  }
  // colour maps as 256 RGB triples each, made by the same code as the figures
  var ramps = { sequential: bytes(data.sequential), diverging: bytes(data.diverging) };
  function paint(canvas, values, from, rows, columns, ramp) {
    var context = canvas.getContext('2d');
    canvas.width = columns; canvas.height = rows;
    var image = context.createImageData(columns, rows);
    for (var i = 0; i < rows * columns; i++) {
      var v = values[from + i];
      for (var k = 0; k < 3; k++) image.data[4 * i + k] = ramp[3 * v + k];
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }
  var strips = data.populations.map(function (p) {
    return { canvas: document.getElementById(p.id), values: bytes(p.data), rows: p.rows,
             columns: p.columns };
  });
  var weights = data.weights ? bytes(data.weights) : null;
  var reference = data.reference ? bytes(data.reference) : null;
  var slider = document.getElementById('trace-slider');
  var head = document.getElementById('trace-head');
  var words = document.getElementById('trace-time');
  var cursor = document.getElementById('trace-cursor');
  function show() {
    var frame = +slider.value, h = head ? +head.value : 0;
    words.textContent = data.time[frame].toFixed(1) + ' ms \u00b7 ' + data.epoch[frame] +
      (data.evidence ? ' \u00b7 evidence ' + data.evidence[frame].toFixed(3) : '');
    strips.forEach(function (s) {
      var size = s.rows * s.columns;
      paint(s.canvas, s.values, frame * size, s.rows, s.columns, ramps.sequential);
    });
    if (weights && reference) {
      var n = data.queries * data.keys, at = (frame * data.heads + h) * n;
      var difference = new Uint8Array(n);
      for (var i = 0; i < n; i++) {
        var d = (weights[at + i] - reference[at + i]) / 2 + 128;
        difference[i] = Math.max(0, Math.min(255, Math.round(d)));
      }
      paint(document.getElementById('trace-a'), weights, at, data.queries, data.keys,
        ramps.sequential);
      paint(document.getElementById('trace-r'), reference, at, data.queries, data.keys,
        ramps.sequential);
      paint(document.getElementById('trace-d'), difference, 0, data.queries, data.keys,
        ramps.diverging);
    }
    if (cursor) {
      var x = data.plot_left + data.plot_width * (data.time[frame] - data.plot_from) /
        (data.plot_to - data.plot_from);
      cursor.setAttribute('x1', x); cursor.setAttribute('x2', x);
    }
  }
  slider.addEventListener('input', show);
  if (head) head.addEventListener('change', show);
  slider.value = data.start;
  var timer = null, play = document.getElementById('trace-play');
  play.addEventListener('click', function () {
    if (timer) { clearInterval(timer); timer = null; play.textContent = 'Play'; return; }
    play.textContent = 'Pause';
    if (+slider.value >= data.time.length - 1) slider.value = 0;
    timer = setInterval(function () {
      if (+slider.value >= data.time.length - 1) { play.click(); return; }
      slider.value = +slider.value + 1; show();
    }, 60);
  });
  show();
})();
)js";
}

} // namespace lamina::analysis
