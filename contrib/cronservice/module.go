package cronservice

import (
	"cmp"
	"fmt"
	"slices"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
)

// Module adds a [*Server] to an application that has fxservices.Module. The container has to provide a [Config], and may provide values
// of type [Job] in the value group "cron". A Config or a Job that is not valid is an error of fx.New.
//
// Settings are those of fxservices.Provide, and fxservices.Named for a second server, which runs other jobs: Named("slow") takes those
// of the group "cron.slow".
func Module(settings ...any) fx.Option {
	name, others := fxservices.SplitNamed(settings...)
	group := "cron"
	if name != "" {
		group += "." + string(name)
	}
	construct := func(config Config, jobs []Job) (*Server, error) {
		jobs = slices.SortedFunc(slices.Values(jobs), func(a, b Job) int { return cmp.Compare(a.Name, b.Name) }) // groups come shuffled
		config.Jobs = slices.Concat(config.Jobs, jobs)
		if err := config.Validate(); err != nil {
			return nil, err
		}
		return New(config), nil
	}
	params := fx.ParamTags(name.Tag(), fmt.Sprintf("group:%q", group))
	return fxservices.Provide(append([]any{fx.Annotate(construct, params, fx.ResultTags(name.Tag()))}, others...)...)
}
