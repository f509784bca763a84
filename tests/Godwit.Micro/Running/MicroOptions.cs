namespace Godwit.Micro.Running;

/// <summary>What bench/micro is told.</summary>
internal sealed record MicroOptions
{
    /// <summary>Fewer and shorter iterations.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Only names are printed.</summary>
    public bool IsList { get; init; }

    /// <summary>Parts of names; an operation is run when its name contains one of them. Empty: all are.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>Where the JSON goes; null: nowhere.</summary>
    public string? Json { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">As given.</param>
    /// <param name="error">What is wrong, else empty.</param>
    /// <returns>Null: something is wrong.</returns>
    public static MicroOptions? Read(IReadOnlyList<string> arguments, out string error)
    {
        error = "";
        var read = new MicroOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--quick":
                    read = read with { IsQuick = true };
                    break;

                case "--list":
                    read = read with { IsList = true };
                    break;

                case "--json" when i + 1 < arguments.Count:
                    read = read with { Json = arguments[++i] };
                    break;

                case var word when word.StartsWith('-'):
                    error = $"'{word}' is not understood; see --help";
                    return null;

                default:
                    read = read with { Filters = [.. read.Filters, arguments[i]] };
                    break;
            }
        }

        return read;
    }

    /// <summary>This operation is to be run.</summary>
    /// <param name="name">Such as <c>MatchOperations.Exact</c>, perhaps with parameters.</param>
    public bool Wants(string name) => Filters.Count == 0 || Filters.Any(filter => name.Contains(filter, StringComparison.OrdinalIgnoreCase));
}
