// Package faults holds tests only: real processes that meet real signals, servers
// that fail, panics, and callbacks that never return. Each is played by a plain
// Runner, by fx.New(...).Run() and by fxservices.Run, and compared whole: standard
// output and error, the order of the stops in them, and how the process ended.
package faults
