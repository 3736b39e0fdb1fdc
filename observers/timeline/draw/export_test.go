package draw

import "github.com/go-fxservices/services/observers/timeline"

// The functions that tests measure with.
var (
	TextWidth    = textWidth
	Fit          = fit
	Wrap         = wrap
	OneLine      = oneLine
	Thousands    = thousands
	SharedPrefix = sharedPrefix
)

// TicksOf returns the labels of an axis of this many pixels.
func TicksOf(s timeline.Snapshot, width float64) (labels []string) {
	for _, tick := range newScale(newModel(s), 0, width).pieces[0].ticks("") {
		labels = append(labels, tick.label)
	}
	return labels
}
