package draw

// drawFailure draws the mark of a failure: a cross, for people who cannot see its
// colour.
func (p *picture) drawFailure(x, y float64) {
	p.raw(`<circle class="fail" cx="` + pixels(x) + `" cy="` + pixels(y) + "\" r=\"6.5\"/>\n")
	p.path("cross", "M"+pixels(x-2.5)+" "+pixels(y-2.5)+"l5 5m0-5l-5 5")
}

// drawBarrier draws the mark of a service that everything waits for.
func (p *picture) drawBarrier(x, y float64) {
	p.path("barrier", "M"+pixels(x-4)+" "+pixels(y-5)+"h3v10h-3zm5 0h3v10h-3z")
}
