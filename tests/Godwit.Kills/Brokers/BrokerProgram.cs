namespace Godwit.Kills.Brokers;

/// <summary>How a broker is started on a port and a data directory.</summary>
/// <param name="Name">For reports.</param>
/// <param name="File">The executable.</param>
/// <param name="Arguments">Made from the port and the data directory, which exists; configuration files may be written into its parent.</param>
internal sealed record BrokerProgram(string Name, string File, Func<int, string, IReadOnlyList<string>> Arguments);
