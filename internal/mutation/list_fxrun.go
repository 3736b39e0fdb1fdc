package main

// inFxRun breaks how fxservices.Run catches signals, and what it returns.
var inFxRun = []mutation{
	{
		name:   "the exit code of a signal is that of a failure",
		breaks: "the exit code is 128 and the number of the signal",
		file:   "fxservices/exit.go",
		old:    "return exitSignal + int(n)",
		new:    "return exitFailure + 0*int(n)",
	},
	{
		name:   "the exit code of the Shutdowner is lost",
		breaks: "ExitCode is the code that was given to fx.Shutdowner",
		file:   "fxservices/exit.go",
		old:    "return shutdown.Code",
		new:    "return exitFailure",
	},
	{
		name:   "the Shutdowner's code is no error",
		breaks: "Run returns a ShutdownError after fx.Shutdowner with a code",
		file:   "fxservices/run.go",
		old:    "if sig.ExitCode != 0 {",
		new:    "if false {",
	},
	{
		name:   "a second signal while the application is built is swallowed",
		breaks: "a second signal while the application is built has the default action",
		file:   "fxservices/guard.go",
		old:    "case sig := <-g.signals:\n\t\tsignal.Stop(g.signals)",
		new:    "case sig := <-g.signals:",
	},
	{
		name:   "signals are not guarded once the application is built",
		breaks: "no signal falls between building and starting",
		file:   "fxservices/guard.go",
		old:    "close(g.built)\n\t<-g.done\n",
		new:    "close(g.built)\n\t<-g.done\n\tsignal.Stop(g.signals)\n",
	},
	{
		name:   "a signal that came just before the Runner listens is lost",
		breaks: "no signal falls between building and starting",
		file:   "fxservices/guard.go",
		old:    "func (g *guard) release() {\n\tsignal.Stop(g.signals)\n\tg.cancelIfSignaled()",
		new:    "func (g *guard) release() {\n\tsignal.Stop(g.signals)",
	},
	{
		name:   "signals stay guarded while the application runs",
		breaks: "a signal that has the default action after Run has it",
		file:   "fxservices/guard.go",
		old:    "func (g *guard) release() {\n\tsignal.Stop(g.signals)",
		new:    "func (g *guard) release() {",
	},
	{
		name:   "a signal during building starts the application all the same",
		breaks: "Run returns a SignalError if a signal came before the start, and starts nothing",
		file:   "fxservices/run.go",
		old:    "if errors.As(context.Cause(g.ctx), &signaled) {\n\t\treturn signaled\n\t}",
		new:    "_ = signaled",
	},
	{
		name:   "Run returns before a start that fx has given up is rolled back",
		breaks: "Run returns when everything is stopped",
		file:   "fxservices/run.go",
		old:    "_ = a.awaitIdle(context.Background())",
		new:    "",
	},
	{
		name:   "the cause of the end is lost",
		breaks: "Run returns the error of ctx, and its cause",
		file:   "fxservices/run.go",
		old:    "return errors.Join(cause, stopErr)",
		new:    "_ = cause\n\treturn stopErr",
	},
}
