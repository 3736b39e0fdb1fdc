package fxservices

// Setting is a setting for [Provide], which [After], [Manage] and [StartFirst] make; digservices.With takes it, too. The zero value is
// none.
type Setting struct{ setting any }

// Setting returns what it is made of, for the adapters of this module.
func (s Setting) Setting() any { return s.setting }
