using Godwit.Cli;

return await GodwitCommandLine.RunAsync(args).ConfigureAwait(false);
