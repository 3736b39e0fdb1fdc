package dashboard

import "github.com/go-fxservices/services/observers/timeline"

// Depths returns the rows of a graph in which services are.
func Depths(s timeline.Snapshot) []int { return depthsOf(&s) }

const MostStreams = mostStreams
