<?xml version="1.0" encoding="UTF-8"?>
<!--
  A document part as one string: what a person sees, and marks (the private characters named below) that say where
  paragraphs, cells, rows and tables begin. markup.py takes the string apart. The marks are declared once, here;
  markup.py reads them from these entities' names.
-->
<!DOCTYPE xsl:stylesheet [
  <!ENTITY P "&#x10FFE0;">
  <!ENTITY CELL "&#x10FFE1;">
  <!ENTITY ROW "&#x10FFE2;">
  <!ENTITY TABLE "&#x10FFE3;">
  <!ENTITY BOX "&#x10FFE4;">
  <!ENTITY CLOSE "&#x10FFE5;">
  <!ENTITY SEP "&#x10FFE6;">
  <!ENTITY JOIN "&#x10FFE7;">
  <!ENTITY SYMBOL "&#x10FFE8;">
  <!ENTITY FONT "&#x10FFE9;">
  <!ENTITY PLAIN "&#x10FFEA;">
  <!ENTITY MUTE "&#x10FFEB;">
  <!ENTITY SPEAK "&#x10FFEC;">
]>
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"
    xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"
    xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:param name="runs" select="true()"/> <!-- false: no run of the part is hidden or set in a symbol font -->

  <!-- text -->
  <xsl:template match="*"><xsl:apply-templates select="*"/></xsl:template>
  <xsl:template match="w:t | m:t"><xsl:value-of select="."/></xsl:template>
  <xsl:template match="w:tab | w:ptab"><xsl:text>&#9;</xsl:text></xsl:template>
  <xsl:template match="w:br | w:cr"><xsl:text>&#10;</xsl:text></xsl:template>
  <xsl:template match="w:noBreakHyphen">-</xsl:template>
  <xsl:template match="w:sym">&SYMBOL;<xsl:value-of select="@w:font"/>&SEP;<xsl:value-of select="@w:char"/>&PLAIN;</xsl:template>
  <xsl:template match="w:r">
    <xsl:choose>
      <xsl:when test="not($runs)"><xsl:apply-templates select="*"/></xsl:when>
      <xsl:when test="w:rPr/w:vanish[not(@w:val = '0' or @w:val = 'false' or @w:val = 'off')]"/>
      <xsl:when test="w:rPr/w:rFonts/@w:*[contains(., 'ingdings')]">
        <xsl:text>&FONT;</xsl:text>
        <xsl:choose>
          <xsl:when test="string(w:rPr/w:rFonts/@w:ascii)"><xsl:value-of select="w:rPr/w:rFonts/@w:ascii"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="w:rPr/w:rFonts/@w:hAnsi"/></xsl:otherwise>
        </xsl:choose>
        <xsl:text>&SEP;</xsl:text><xsl:apply-templates select="*"/><xsl:text>&PLAIN;</xsl:text>
      </xsl:when>
      <xsl:otherwise><xsl:apply-templates select="*"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- paragraphs, boxes, controls -->
  <xsl:template match="w:p">&P;<xsl:apply-templates select="*"/></xsl:template>
  <xsl:template match="w:pPr"><xsl:if test="w:rPr/w:del">&JOIN;</xsl:if></xsl:template>
  <xsl:template match="w:txbxContent">&BOX;<xsl:apply-templates select="*"/>&CLOSE;</xsl:template>
  <xsl:template match="w:checkBox">
    <xsl:variable name="state" select="w:checked | w:default[not(../w:checked)]"/>
    <xsl:choose>
      <xsl:when test="$state[not(@w:val = '0' or @w:val = 'false' or @w:val = 'off')]">☑</xsl:when>
      <xsl:otherwise>□</xsl:otherwise>
    </xsl:choose>
  </xsl:template>
  <xsl:template match="w:sdt">
    <xsl:choose>
      <xsl:when test="w:sdtPr/w14:checkbox and ancestor::w:p">
        <xsl:choose>
          <xsl:when test="w:sdtPr/w14:checkbox/w14:checked[not(@w14:val = '0' or @w14:val = 'false')]">☑</xsl:when>
          <xsl:otherwise>□</xsl:otherwise>
        </xsl:choose>
      </xsl:when>
      <xsl:when test="w:sdtPr/w:showingPlcHdr">&MUTE;<xsl:apply-templates select="*"/>&SPEAK;</xsl:when>
      <xsl:otherwise><xsl:apply-templates select="*"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
  <xsl:template match="mc:AlternateContent"> <!-- shows the same thing twice; the first that says something is taken -->
    <xsl:variable name="spoken" select="*[.//w:t[normalize-space(.)]]"/>
    <xsl:apply-templates select="$spoken[1] | *[1][not($spoken)]"/>
  </xsl:template>
  <xsl:template match="w:del | w:moveFrom | w:rt | w:rPr | w:sdtPr | w:sectPr | w:tblPr | w:tblGrid | w:tcPr | w:trPr"/>

  <!-- tables -->
  <xsl:template match="w:tbl">&TABLE;<xsl:apply-templates select="*"/>&CLOSE;</xsl:template>
  <xsl:template match="w:tr">
    <xsl:text>&ROW;</xsl:text>
    <xsl:value-of select="w:trPr/w:gridBefore/@w:val"/>
    <xsl:text>,</xsl:text>
    <xsl:if test="w:trPr/w:del">deleted</xsl:if>
    <xsl:text>&SEP;</xsl:text>
    <xsl:apply-templates select="*"/>
  </xsl:template>
  <xsl:template match="w:tc"> <!-- columns it spans, then letters for what else is known of it -->
    <xsl:text>&CELL;</xsl:text>
    <xsl:for-each select="w:tcPr/*">
      <xsl:choose>
        <xsl:when test="self::w:gridSpan"><xsl:value-of select="@w:val"/></xsl:when>
        <xsl:when test="self::w:vMerge"><xsl:choose><xsl:when test="@w:val = 'restart'">,first</xsl:when><xsl:otherwise>,below</xsl:otherwise></xsl:choose></xsl:when>
        <xsl:when test="self::w:hMerge"><xsl:if test="not(@w:val = 'restart')">,beside</xsl:if></xsl:when>
        <xsl:when test="self::w:cellDel">,deleted</xsl:when>
      </xsl:choose>
    </xsl:for-each>
    <xsl:text>&SEP;</xsl:text>
    <xsl:apply-templates select="*"/>
  </xsl:template>
</xsl:stylesheet>
