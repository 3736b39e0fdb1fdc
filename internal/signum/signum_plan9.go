// Package signum knows the numbers of signals, which not every system has.
package signum

import "os"

// Of returns false: notes have no numbers.
func Of(os.Signal) (n int, ok bool) { return 0, false }

// Quit is nil: there is no such note.
var Quit os.Signal
