"""How the page looks, on a screen and on A4."""

STYLE = """
@page { size: A4; margin: 12mm; }
* { box-sizing: border-box; }
body { font: 9.5pt/1.35 system-ui, "Segoe UI", "Liberation Sans", sans-serif; color: #1b1f24; background: #fff; margin: 0 auto;
  padding: 4mm; max-width: 186mm; }
h1 { font-size: 15pt; margin: 0 0 1mm; }
h2 { font-size: 10.5pt; margin: 4mm 0 1mm; border-bottom: 0.3mm solid #c8ced6; break-after: avoid; }
p, ul { margin: 1mm 0; }
ul { padding-left: 5mm; }
.line { color: #57606a; }
.answer { font-size: 10.5pt; }
table { border-collapse: collapse; width: 100%; font-size: 8pt; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 0.45mm 1.2mm; border-bottom: 0.15mm solid #e3e7ec; vertical-align: top; overflow-wrap: anywhere; }
th { border-bottom: 0.3mm solid #57606a; }
.left { text-align: left; }
.left:first-child { width: 25%; }
.chosen { background: #eef4ff; }
.note { color: #57606a; font-size: 8pt; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 4mm; break-inside: avoid; }
.pair > div { min-width: 0; }
.chart { height: 58mm; }
section, tr { break-inside: avoid; }
@media print {
  body { padding: 0; max-width: none; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
"""
