using System.ComponentModel;
using System.Diagnostics;

namespace Godwit.Links.Namespaces;

/// <summary>Commands that change or ask the system and end at once: <c>ip</c>, <c>nft</c>, <c>tc</c>.</summary>
public static class SystemCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Runs a command to its end.</summary>
    /// <param name="line">The program and its arguments.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="mayBeRefused">See <see cref="CommandFailedException"/>.</param>
    /// <returns>Its standard output.</returns>
    /// <exception cref="CommandFailedException">With the command and what it said.</exception>
    public static string Run(IReadOnlyList<string> line, string input = "", bool mayBeRefused = false)
    {
        var start = new ProcessStartInfo(line[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in line.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            if (process.WaitForExit(Patience) && process.ExitCode == 0)
            {
                return output;
            }

            throw new CommandFailedException($"'{string.Join(' ', line)}' says: {errors.Result.Trim()}", mayBeRefused);
        }
        catch (Win32Exception exception)
        {
            throw new CommandFailedException($"'{string.Join(' ', line)}' does not start: {exception.Message}", mayBeRefused);
        }
    }
}
