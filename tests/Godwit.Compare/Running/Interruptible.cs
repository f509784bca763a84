using System.Runtime.InteropServices;

namespace Godwit.Compare.Running;

/// <summary>A signal ends what is running in order: brokers and their directories are taken down first.</summary>
internal static class Interruptible
{
    /// <summary>Runs a command.</summary>
    /// <param name="name">Begins what is said when it cannot go on.</param>
    /// <param name="errors">Where that is said.</param>
    /// <param name="command">Gives the exit code.</param>
    /// <returns>Its exit code; <see cref="ExitCodes.Interrupted"/> after a signal; <see cref="ExitCodes.Usage"/> when a broker does not start or a report cannot be written.</returns>
    public static async Task<int> RunAsync(string name, TextWriter errors, Func<CancellationToken, Task<int>> command)
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await command(stop.Token);
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync($"{name}: interrupted");
            return ExitCodes.Interrupted;
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            // A broker that does not start, which a signal may be the reason of, or a report that cannot be written.
            await errors.WriteLineAsync($"{name}: {(stop.IsCancellationRequested ? "interrupted" : exception.Message)}");
            return stop.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Usage;
        }
    }
}
