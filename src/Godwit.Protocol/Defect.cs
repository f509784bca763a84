#if DEFECTS
namespace Godwit.Protocol;

/// <summary>Deliberate mistakes for the simulator to find; compiled only with -p:Defects=true. One thread has one of them at a time.</summary>
public static class Defect
{
    [ThreadStatic]
    private static string? _chosen;

    /// <summary>Makes this thread's broker wrong; null makes it right again.</summary>
    public static void Choose(string? name) => _chosen = name;

    /// <summary>This mistake is to be made.</summary>
    public static bool Is(string name) => string.Equals(_chosen, name, StringComparison.Ordinal);
}
#endif
