namespace Godwit.Server.Mosquitto;

/// <summary>A line that is known to be a good one of its option.</summary>
/// <param name="Option">Its row of the table.</param>
/// <param name="Line">Where it stands.</param>
/// <param name="Number">Of a number, its value; of a switch 1 or 0.</param>
internal sealed record MosquittoSetting(MosquittoOption Option, MosquittoLine Line, long Number)
{
    internal string Text => Line.Rest;

    internal bool IsOn => Number != 0;

    /// <summary>It says what Mosquitto would do without it.</summary>
    internal bool IsDefault =>
        Option.Default.Length > 0
        && (Option.Value switch
        {
            MosquittoValue.Switch => Option.Default is "true" == IsOn,
            MosquittoValue.Number => long.Parse(Option.Default, System.Globalization.CultureInfo.InvariantCulture) == Number,
            _ => string.Equals(Option.Default, Text, StringComparison.Ordinal),
        });
}
