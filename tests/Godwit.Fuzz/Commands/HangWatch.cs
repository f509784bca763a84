namespace Godwit.Fuzz.Commands;

/// <summary>Looks every second whether one input takes too long.</summary>
internal sealed class HangWatch : IDisposable
{
    private readonly Timer _timer;

    /// <summary>Starts watching.</summary>
    /// <param name="mark">Knows how long the present input runs.</param>
    /// <param name="patience">How long is too long.</param>
    /// <param name="onHang">Called on another thread; it should end the process, for nothing else ends an endless loop.</param>
    public HangWatch(RunningMark mark, TimeSpan patience, Action<TimeSpan> onHang) =>
        _timer = new Timer(_ => Check(mark, patience, onHang), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

    public void Dispose() => _timer.Dispose();

    private static void Check(RunningMark mark, TimeSpan patience, Action<TimeSpan> onHang)
    {
        if (mark.Running > patience)
        {
            onHang(mark.Running);
        }
    }
}
