// Package fxservicestest helps to test applications of package fxservices, as fxtest does for plain fx:
//
//	app := fxservicestest.New(t,
//		fxservices.Provide(NewPostgres, NewServer), // NewServer takes a Storage, which NewPostgres provides
//		fxservicestest.Replace[Storage](fakeStorage{fxservicestest.Fake("storage")}),
//	).RequireStart()
//	// ... what is tested ...
//	app.RequireStop()
//	require.Equal(t, []string{"start storage", "started storage", "listen api", ...}, app.Events())
//
// Nothing of it needs real time, so it works inside a bubble of testing/synctest.
package fxservicestest
