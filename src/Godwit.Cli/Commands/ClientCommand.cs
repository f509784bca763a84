using Godwit.Cli.Clients;

namespace Godwit.Cli.Commands;

/// <summary>What pub and sub have in common around their work: usage errors and signals.</summary>
internal static class ClientCommand
{
    /// <summary>Reads the arguments and runs.</summary>
    /// <param name="name">Of the command.</param>
    /// <param name="prepare">Reads what was typed and gives the work.</param>
    /// <returns>The exit code of the process.</returns>
    internal static int Run(string name, Func<Func<Interruption, Task<int>>> prepare)
    {
        Func<Interruption, Task<int>> work;
        try
        {
            work = prepare();
        }
        catch (UsageException exception)
        {
            Console.Error.WriteLine(UsageError.Describe("godwit " + name, exception.Message));
            return UsageError.ExitCode;
        }

        using var interruption = new Interruption();
        return work(interruption).GetAwaiter().GetResult();      // every async method more costs a short command half a millisecond
    }
}
