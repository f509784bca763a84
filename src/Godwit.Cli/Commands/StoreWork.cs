using System.CommandLine;
using System.Globalization;
using Godwit.Cli.Clients;
using Godwit.Cli.Terminal;
using Godwit.Server.Storage;
using Godwit.Storage.Segments;
using Godwit.Storage.Tools;

namespace Godwit.Cli.Commands;

/// <summary>What the commands of <c>godwit store</c> have in common: the directory, progress, errors and exit codes.</summary>
internal static class StoreWork
{
    /// <summary>The store is damaged.</summary>
    internal const int Damaged = 1;

    /// <summary>It cannot be done; the same as of <c>godwit serve</c>.</summary>
    internal const int CannotRun = 3;

    private const int MiB = 1 << 20;

    /// <summary>The argument that names the data directory, when it may be left out.</summary>
    internal static Argument<string?> Directory() => new("DIR")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = $"Data directory of a broker, or a backup. Default, as of godwit serve: {StateDirectory.Default}.",
    };

    /// <summary>An argument that names a file or directory and has to be there.</summary>
    internal static Argument<string> Path(string name, string description) => new(name) { Description = description };

    /// <summary>The absolute path of the data directory.</summary>
    internal static string DirectoryOf(ParseResult result, Argument<string?> argument) =>
        System.IO.Path.GetFullPath(result.GetValue(argument) ?? StateDirectory.Default);

    /// <summary>Runs a command, and turns what goes wrong into a line on standard error and an exit code.</summary>
    internal static int Run(Func<Interruption, int> work)
    {
        using var interruption = new Interruption();
        try
        {
            return work(interruption);
        }
        catch (OperationCanceledException) when (interruption.ExitCode != 0)
        {
            return interruption.ExitCode;
        }
        catch (Exception exception) when (exception is StoreToolException or StoreFormatException or StoreDamagedException or IOException or UnauthorizedAccessException)
        {
            return Fail(exception.Message);
        }
    }

    /// <summary>Shows a bar on a terminal while bytes are worked through.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="totalBytes">About how many bytes.</param>
    /// <param name="work">Is given a function to call with how many bytes were done more.</param>
    internal static T WithProgress<T>(string title, long totalBytes, Func<Action<long>, T> work)
    {
        var total = (int)Math.Clamp(totalBytes / MiB, 1, int.MaxValue);
        return WorkProgress.RunAsync(title, total, Console.IsErrorRedirected, step =>
        {
            var (done, shown) = (0L, 0);
            return Task.FromResult(work(count =>
            {
                done += count;
                for (; shown < Math.Min(done / MiB, total); shown++)
                {
                    step(string.Create(CultureInfo.InvariantCulture, $"{shown + 1:n0} of {total:n0} MiB"));
                }
            }));
        }).GetAwaiter().GetResult();
    }

    /// <summary>Prints that the store is damaged, beside the result.</summary>
    /// <returns>The exit code.</returns>
    internal static int SayDamaged(string directory)
    {
        Console.Error.WriteLine($"The store is damaged and something is missing: godwit store verify {directory} says where.");
        return Damaged;
    }

    /// <summary>Prints what is wrong.</summary>
    /// <returns>The exit code.</returns>
    internal static int Fail(string what)
    {
        Console.Error.WriteLine($"Error: {what}");
        return CannotRun;
    }
}
