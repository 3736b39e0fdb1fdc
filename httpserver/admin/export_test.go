package admin

import "net"

// Listener returns the listener of a server that is started.
func (s *Server) Listener() net.Listener { return s.session().listener }
