namespace Godwit.Compare.Overload;

/// <summary>What bench/overload is told.</summary>
/// <param name="Parts">What is measured, in order.</param>
/// <param name="IsQuick">A tenth of the counts and times.</param>
/// <param name="IsPage">Writes docs/overload.md, of what this run and earlier ones have measured.</param>
internal sealed record OverloadOptions(IReadOnlyList<string> Parts, bool IsQuick, bool IsPage)
{
    /// <summary>Everything there is.</summary>
    public static IReadOnlyList<string> AllParts { get; } = ["flood", "flooder", "sockets", "tls", "logins", "storm", "kill", "rotation"];

    /// <summary>So much of the full counts.</summary>
    public int Of(int full) => IsQuick ? Math.Max(1, full / 10) : full;

    /// <summary>Reads the arguments.</summary>
    /// <returns>Null: something is not understood.</returns>
    public static OverloadOptions? Read(IReadOnlyList<string> arguments)
    {
        var read = new OverloadOptions(AllParts, IsQuick: false, IsPage: false);
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--quick":
                    read = read with { IsQuick = true };
                    break;

                case "--write":
                    read = read with { IsPage = true };
                    break;

                case "--parts" when i + 1 < arguments.Count && arguments[i + 1].Split(',') is var parts && Array.TrueForAll(parts, AllParts.Contains):
                    read = read with { Parts = [.. AllParts.Where(parts.Contains)] };
                    i++;
                    break;

                default:
                    return null;
            }
        }

        return read is { IsQuick: true, IsPage: true } ? null : read;
    }
}
