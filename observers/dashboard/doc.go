// Package dashboard is a page that shows an application while it runs: its state, a table of its services, when each of them
// started and stopped, and what starts after what.
//
//	tl := timeline.New()
//	r := runner.NewRunner(runner.WithObserver(tl))
//	http.Handle("/services", dashboard.New(tl))
//
// With fx, fxservices.Admin mounts it at /services where there is a fxservices.Timeline.
//
// The page needs nothing from elsewhere, follows the light or dark mode of its viewer, and works with a keyboard, on a phone and
// with hundreds of services. It follows the application by itself; without JavaScript it loads anew every few seconds. Its
// Content-Security-Policy lets no other script or style in, and names are escaped.
//
// Everything is at one path:
//
//	/services               the page
//	/services?stacks=NAME   what the goroutines of one service are doing, for those who can see its page
//	/services?events        server-sent events, which tell the page that something has changed
//	/services?style         the style sheet and the script of the page
//	/services?script
//
// Other queries, and a NAME that no service has, are 404; methods other than GET and HEAD are 405.
package dashboard
