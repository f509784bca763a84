namespace Godwit.Server.Mosquitto;

/// <summary>A line that says something.</summary>
/// <param name="File">Path of the file, as it was reached.</param>
/// <param name="Number">From 1.</param>
/// <param name="Name">The first word.</param>
/// <param name="Rest">All behind it, without the spaces around; may be empty.</param>
public sealed record MosquittoLine(string File, int Number, string Name, string Rest)
{
    /// <summary>The words of <see cref="Rest"/>.</summary>
    public string[] Words => Rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>E.g. <c>/etc/mosquitto/mosquitto.conf:12</c>.</summary>
    public string Place => $"{File}:{Number}";
}
