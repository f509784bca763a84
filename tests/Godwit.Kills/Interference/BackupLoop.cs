using System.Globalization;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Kills.Interference;

/// <summary>One <c>godwit store backup</c> of a running broker after the other. The copies stay: to delete them is work for the disk that is not meant here.</summary>
internal sealed class BackupLoop : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private int _count;

    public BackupLoop(string data, string directory) => _running = RunAsync(data, directory);

    /// <summary>Completed.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Waits for the one that runs; there is no other after it.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stop.Dispose();
    }

    private async Task RunAsync(string data, string directory)
    {
        while (!_stop.IsCancellationRequested)
        {
            var copy = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"backup{_count}"));
            await using var backup = ProgramRun.Start(GodwitProgram.Require(), ["store", "backup", data, copy]);
            Assert.True(await backup.EndAsync(Patience) == 0, backup.Transcript());
            Interlocked.Increment(ref _count);
        }
    }
}
