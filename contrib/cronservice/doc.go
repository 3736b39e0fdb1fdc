// Package cronservice runs jobs on a schedule, as a server of the Runner: one run of a job at a time, waited for at the end, with failures
// that health checks see.
//
//	fxservices.Main(
//		fx.Supply(cronservice.Config{TimeZone: "Europe/Berlin"}),
//		cronservice.Module(),
//		fx.Provide(fx.Annotate(NewCleanup, fx.ResultTags(`group:"cron"`))),
//		...
//	)
//
//	func NewCleanup(sessions *Sessions) cronservice.Job {
//		return cronservice.Job{Name: "cleanup", Cron: "30 4 * * *", Run: sessions.DeleteExpired}
//	}
package cronservice
