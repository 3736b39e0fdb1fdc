package draw

import "github.com/go-fxservices/services/observers/timeline"

// The colours are the palette of Okabe and Ito, which colour-blind people can tell
// apart. All selectors begin with the class of the picture, because the style of an SVG
// inside an HTML page applies to the whole page.
const svgStyle = `<style>
.timeline{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:12px}
.timeline text{fill:#1f2328;font-variant-numeric:tabular-nums}
.timeline .head{font-size:18px;font-weight:600}
.timeline .small{font-size:11px}
.timeline .muted{fill:#59636e}
.timeline .bold{font-weight:600}
.timeline .alarm{fill:#a84300;font-weight:600}
.timeline .page{fill:#ffffff}
.timeline .zebra{fill:#f4f6f8}
.timeline .grid{stroke:#d9dee3;stroke-width:1;fill:none}
.timeline .edge{stroke:#848d97;stroke-width:1;stroke-dasharray:2 3;fill:none}
.timeline .tear{fill:#ffffff}
.timeline .torn{stroke:#a3acb5;stroke-width:1;fill:none}
.timeline .phase{fill-opacity:.28}
.timeline .wait{fill:url(#timeline-hatch);stroke:#6e7781;stroke-width:.75}
.timeline .hatch{stroke:#6e7781;stroke-width:1;fill:none}
.timeline .construct{fill:#8c959f}
.timeline .load{fill:#cc79a7}
.timeline .start{fill:#0072b2}
.timeline .ready{fill:#56b4e9}
.timeline .serve{fill:#009e73}
.timeline .stop{fill:#e69f00}
.timeline .fail{fill:#d55e00}
.timeline .cross{stroke:#ffffff;stroke-width:1.8;stroke-linecap:round;fill:none}
.timeline .critical{stroke:#1f2328;stroke-width:1.75;fill:none}
.timeline .link{stroke:#1f2328;stroke-width:1;fill:none}
.timeline .open{stroke:#1f2328;stroke-width:1.5;stroke-dasharray:1.5 2.5;fill:none}
.timeline .barrier{fill:#1f2328}
@media (prefers-color-scheme:dark){
.timeline text{fill:#e6edf3}
.timeline .muted{fill:#9da7b1}
.timeline .alarm{fill:#ff9857}
.timeline .page,.timeline .tear{fill:#0d1117}
.timeline .zebra{fill:#151b23}
.timeline .grid{stroke:#2a313a}
.timeline .edge{stroke:#6b7580}
.timeline .torn{stroke:#57606a}
.timeline .phase{fill-opacity:.45}
.timeline .start{fill:#1f8fd6}
.timeline .ready{fill:#8fd0f5}
.timeline .serve{fill:#1fb58a}
.timeline .critical,.timeline .link,.timeline .open{stroke:#e6edf3}
.timeline .barrier{fill:#e6edf3}
}
</style>
`

// svgDefs defines the pattern of the bars of waiting.
const svgDefs = `<defs>
<pattern id="timeline-hatch" width="5" height="5" patternUnits="userSpaceOnUse"><path class="hatch" d="M-1 6L6 -1M-1 1L1 -1M4 6L6 4"/></pattern>
</defs>
`

// stepLooks says how steps look and are called in the legend, in its order.
var stepLooks = []struct {
	step   timeline.Step
	class  string
	word   string
	height float64
}{
	{timeline.StepWait, "wait", "waiting", 5},
	{timeline.StepLoad, "load", "loading", 10},
	{timeline.StepStart, "start", "starting", 10},
	{timeline.StepReady, "ready", "getting ready", 10},
	{timeline.StepServe, "serve", "serving", 4},
	{timeline.StepStop, "stop", "stopping", 10},
}
