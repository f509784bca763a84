namespace Godwit.Testing.Running;

/// <summary>Names that no other test of this run uses, so tests share one broker and run side by side.</summary>
public static class Unique
{
    private static int _last;

    /// <summary>A short name: MQTT 3.1 allows 23 characters for a client id (MQTT 3.1 §3.1).</summary>
    public static string Name(string prefix) => $"{prefix}-{Interlocked.Increment(ref _last)}";
}
