using Godwit.Cli;

return GodwitCommandLine.Run(args);
