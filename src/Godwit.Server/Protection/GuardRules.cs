namespace Godwit.Server.Protection;

/// <summary>What a <see cref="Guard"/> goes by. Immutable.</summary>
public sealed class GuardRules
{
    private GuardRules(ProtectionOptions options, BanList bans) => (Options, Bans) = (options, bans);

    /// <summary>All bans, those of the file included.</summary>
    public BanList Bans { get; }

    internal ProtectionOptions Options { get; }

    /// <summary>Reads a section, and the file of bans that it names.</summary>
    /// <exception cref="FormatException">The bans cannot be read; the message has all that is wrong.</exception>
    public static GuardRules Read(ProtectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = new List<string>();
        var bans = BanList.Read(options, errors);
        return errors.Count == 0 ? new GuardRules(options.Copy(), bans) : throw new FormatException(string.Join(Environment.NewLine, errors));
    }
}
