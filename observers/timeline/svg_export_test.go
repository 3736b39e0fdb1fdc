package timeline

// What the tests of the pictures measure with.
var (
	TextWidth = textWidth
	Fit       = fit
	OneLine   = oneLine
	Brief     = brief
	Thousands = thousands
)

// TicksOf returns the labels of an axis of this many pixels.
func (s *Snapshot) TicksOf(width float64) (labels []string) {
	for _, tick := range s.newScale(0, width).pieces[0].ticks("") {
		labels = append(labels, tick.label)
	}
	return labels
}
