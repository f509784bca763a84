using Godwit.Compare.Loads;

namespace Godwit.Compare.Generators;

/// <summary>A program that loads brokers and prints one JSON object.</summary>
internal interface IGenerator
{
    /// <summary>For reports.</summary>
    string Name { get; }

    /// <summary>The executable.</summary>
    string File { get; }

    /// <summary>What it is told.</summary>
    /// <param name="load">The run.</param>
    /// <param name="port">Of the broker on 127.0.0.1.</param>
    /// <param name="brokerId">The broker's process, whose CPU time and memory it reports.</param>
    IReadOnlyList<string> Arguments(Load load, int port, int brokerId);
}
